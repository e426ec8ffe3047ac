package server

import (
	"math"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
)

// tuneMemory sets the collector for the whole process. GOGC and GOMEMLIMIT,
// which the runtime has read already, win over the defaults and lose to settings
// that somebody made.
func tuneMemory(cfg MemoryConfig) {
	def := DefaultConfig().Memory
	if os.Getenv("GOGC") == "" || cfg.GCPercent != def.GCPercent {
		debug.SetGCPercent(cfg.GCPercent)
	}
	if os.Getenv("GOMEMLIMIT") == "" || cfg.Limit != def.Limit {
		limit := int64(cfg.Limit)
		if limit == 0 {
			limit = memoryTotal() / 2
		}
		if limit > 0 {
			debug.SetMemoryLimit(limit)
		}
	}
}

// memoryTotal is what the machine has or what the container may take, whichever
// is less; 0 when neither is known, which is so wherever there is no /proc.
func memoryTotal() int64 {
	least := int64(math.MaxInt64)
	if text, err := os.ReadFile("/proc/meminfo"); err == nil {
		for line := range strings.Lines(string(text)) {
			if f := strings.Fields(line); len(f) == 3 && f[0] == "MemTotal:" {
				if kib, err := strconv.ParseInt(f[1], 10, 64); err == nil {
					least = kib << 10
				}
			}
		}
	}
	for _, path := range cgroupLimits("/proc/self/cgroup") {
		if text, err := os.ReadFile(path); err == nil {
			if n, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64); err == nil && n > 0 { // "max" means no limit
				least = min(least, n)
			}
		}
	}
	if least == math.MaxInt64 {
		return 0
	}
	return least
}

// cgroupLimits lists the files that may limit the memory of this process, by
// version 2 and 1 of control groups: those of its own group and of every group above.
func cgroupLimits(self string) []string {
	paths := []string{"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"}
	text, err := os.ReadFile(self)
	if err != nil {
		return paths
	}
	for line := range strings.Lines(string(text)) {
		parts := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(parts) != 3 || parts[1] != "" && parts[1] != "memory" {
			continue
		}
		for dir := parts[2]; dir != "/" && dir != "." && dir != ""; dir = filepath.Dir(dir) {
			if parts[1] == "" {
				paths = append(paths, filepath.Join("/sys/fs/cgroup", dir, "memory.max"))
			} else {
				paths = append(paths, filepath.Join("/sys/fs/cgroup/memory", dir, "memory.limit_in_bytes"))
			}
		}
	}
	return paths
}
