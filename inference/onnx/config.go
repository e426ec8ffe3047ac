package onnx

import (
	"os"
	"path/filepath"

	"augur"
)

// Version is the release of ONNX Runtime that this package is tested with. A
// library of another release works where its C API includes this one's.
const Version = "1.27.0"

// LibraryEnv is the environment variable that names the library.
const LibraryEnv = "AUGUR_ONNXRUNTIME_LIB"

// Config of a Runtime.
type Config struct {
	// LibraryPath is ONNX Runtime's shared library (libonnxruntime.so). Name it
	// to use an installed one. By default it is the file that the environment
	// variable AUGUR_ONNXRUNTIME_LIB names, or else the first found of: beside
	// the executable, ../lib from there, and .build/onnxruntime/VERSION in the
	// working directory or a folder above it.
	LibraryPath string
}

// WithDefaults returns c with the defaults in place of zero values.
func (c Config) WithDefaults() Config {
	if c.LibraryPath == "" {
		c.LibraryPath = findLibrary()
	}
	return c
}

// Validate reports FailedPrecondition when there is no such library.
func (c Config) Validate() error {
	if c.LibraryPath == "" {
		return augur.Errorf(augur.FailedPrecondition, "the ONNX Runtime library (libonnxruntime.so %s) is not found: make run and make test fetch it into .build; or set %s to its path", Version, LibraryEnv)
	}
	if info, err := os.Stat(c.LibraryPath); err != nil || info.IsDir() {
		return augur.Errorf(augur.FailedPrecondition, "the ONNX Runtime library %s is not a file that can be read", c.LibraryPath)
	}
	return nil
}

func findLibrary() string {
	if path := os.Getenv(LibraryEnv); path != "" {
		return path
	}
	const name = "libonnxruntime.so." + Version
	var places []string
	if exe, err := os.Executable(); err == nil {
		dir := filepath.Dir(exe)
		places = append(places, filepath.Join(dir, name), filepath.Join(dir, "..", "lib", name))
	}
	if dir, err := os.Getwd(); err == nil {
		for {
			places = append(places, filepath.Join(dir, ".build", "onnxruntime", Version, name))
			above := filepath.Dir(dir)
			if above == dir {
				break
			}
			dir = above
		}
	}
	for _, path := range places {
		if info, err := os.Stat(path); err == nil && !info.IsDir() {
			return path
		}
	}
	return ""
}
