package server

import (
	"context"
	"fmt"
	"log/slog"

	"augur"
	"augur/registry"
)

// importDir registers what stands in import.dir. A version that fails is
// logged and does not keep the server from serving the others; a directory that
// cannot be read is a mistake in the configuration and does.
func (p *parts) importDir(ctx context.Context, log *slog.Logger) error {
	dir := p.cfg.Import.Dir
	if dir == "" {
		return nil
	}
	report, err := p.registry.Import(ctx, dir)
	if err != nil {
		return fmt.Errorf("import %s: %w", dir, err)
	}
	for _, v := range report.Versions {
		if v.Outcome == registry.Failed {
			log.ErrorContext(ctx, "a version was not imported", "path", v.Path, "reason", augur.AsError(v.Err).Message)
		}
	}
	p.failed = report.Count(registry.Failed)
	log.InfoContext(ctx, "imported", "dir", dir, "new", report.Count(registry.Imported), "present", report.Count(registry.Present),
		"skipped", report.Count(registry.Skipped), "failed", p.failed)
	return nil
}
