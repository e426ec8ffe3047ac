package server

import (
	"context"
	"log/slog"
)

func (p *parts) importDir(ctx context.Context, log *slog.Logger) error { return nil }
