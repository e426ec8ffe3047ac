package augur_test

import (
	"sync"
	"testing"
	"time"

	"augur"
)

func TestIDs(t *testing.T) {
	seen := map[string]bool{}
	last := ""
	for range 50 {
		id := augur.NewID(augur.ModelID)
		if kind, ok := augur.IDKind(id); !ok || kind != augur.ModelID || seen[id] {
			t.Fatalf("%q", id)
		}
		seen[id] = true
		if id[:14] < last { // the time's part
			t.Fatalf("%q sorts before %q", id, last)
		}
		last = id[:14]
	}
	time.Sleep(2 * time.Millisecond)
	if next := augur.NewID(augur.ModelID); next <= last {
		t.Errorf("%q sorts before %q, made earlier", next, last)
	}
	for _, id := range []string{"", "mdl", "_01J9Z3NDEKTSV4RRFFQ69G5FAV", "mdl_01J9Z3NDEKTSV4RRFFQ69G5FA", "mdl_01J9Z3NDEKTSV4RRFFQ69G5FAU", "mdl_01j9z3ndektsv4rrffq69g5fav"} {
		if kind, ok := augur.IDKind(id); ok {
			t.Errorf("IDKind(%q) = %q", id, kind)
		}
	}
}

// TestIDsSortByAge makes many ids within a millisecond, from many goroutines.
func TestIDsSortByAge(t *testing.T) {
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			before := ""
			for range 5000 {
				id := augur.NewID(augur.ModelID)
				if id <= before {
					t.Errorf("%s was made after %s", id, before)
					return
				}
				before = id
			}
		})
	}
	wg.Wait()
}
