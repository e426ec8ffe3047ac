package server

import (
	"net/http"
	"strings"

	"augur"
)

// forWorker makes the configuration that of a worker. The error is
// FailedPrecondition where only one process can have the database.
func (c *Config) forWorker() error {
	if strings.HasPrefix(c.store(nil).URL.Reveal(), "sqlite://") {
		return augur.Errorf(augur.FailedPrecondition, "workers need PostgreSQL; on SQLite the server works on its jobs itself").At("database.url")
	}
	c.Jobs.Workers = max(c.Jobs.Workers, 1) // 0 is what the servers were told, whose file this may be
	return nil
}

// workerRoutes answer whoever takes a worker for a server.
func (s *Server) workerRoutes() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		writeProblem(w, r, s.log, augur.Errorf(augur.NotFound, "this is a worker: requests go to a server"), 0)
	})
}
