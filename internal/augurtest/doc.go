// Package augurtest starts the real server for tests: on a free port of
// loopback, with a temporary data directory and database, and everything in it
// wired as in production.
//
//	func TestMain(m *testing.M) { augurtest.Main(m) }
//
//	func TestModels(t *testing.T) {
//		s := augurtest.Start(t, augurtest.WithModels())
//		data := s.Query(t, `{ models { totalCount } }`, nil)
//		…
//	}
//
// It may import server, client and internal/cases. Start reading at start.go.
package augurtest
