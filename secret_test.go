package augur_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"augur"
)

func TestSecretNeverPrints(t *testing.T) {
	type config struct{ Key augur.Secret }
	c := config{Key: "hunter2"}
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("start", "key", c.Key, "config", c)
	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	for _, shown := range []string{fmt.Sprint(c), fmt.Sprintf("%v %+v %#v %s %q", c, c, c, c.Key, c.Key), string(text), log.String()} {
		if strings.Contains(shown, "hunter2") || !strings.Contains(shown, "***") {
			t.Errorf("shown as %s", shown)
		}
	}
	if c.Key.Reveal() != "hunter2" || augur.Secret("").String() != "" {
		t.Error("Reveal gives the text, and nothing is not masked")
	}
}
