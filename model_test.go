package augur_test

import (
	"bytes"
	"crypto/sha256"
	"strings"
	"testing"
	"time"

	"augur"
)

func TestNames(t *testing.T) {
	for _, c := range []struct {
		kind      string
		check     func(string) error
		good, bad []string
	}{
		{
			"model", augur.CheckModelName,
			[]string{"a", "7", "road-risk", "mnist-12", "a.b_c-d", strings.Repeat("a", 128)},
			[]string{"", "A", "-a", "a-", ".", "..", "a/b", "a b", "é", "a\n", strings.Repeat("a", 129)},
		},
		{
			"alias", augur.CheckAliasName,
			[]string{"live", "champion", "a", "v-next", "x1", strings.Repeat("a", 64)},
			[]string{"", "latest", "1", "1.0.0", "v1.0.0", "1.0.0-rc.1", "a.b", "A", "a-", "a\n", strings.Repeat("a", 65)},
		},
		{
			"metric", augur.CheckMetricName,
			[]string{"loss", "val/accuracy @ 5", "σ", strings.Repeat("m", 250)},
			[]string{"", " loss", "loss ", "a\x00b", "a\nb", strings.Repeat("m", 251)},
		},
	} {
		for _, name := range c.good {
			if err := c.check(name); err != nil {
				t.Errorf("%s %q: %v", c.kind, name, err)
			}
		}
		for _, name := range c.bad {
			if err := c.check(name); augur.CodeOf(err) != augur.InvalidArgument {
				t.Errorf("%s %q: %v", c.kind, name, err)
			}
		}
	}
}

func TestDigest(t *testing.T) {
	sum := sha256.Sum256([]byte("artifact"))
	d := augur.DigestOf(sum[:])
	parsed, err := augur.ParseDigest(string(d))
	if err != nil || parsed != d || "sha256:"+d.Hex() != string(d) {
		t.Error(parsed, err)
	}
	for _, bad := range []string{
		"", "sha256:", d.Hex(), string(d) + "00", string(d)[:len(d)-1], strings.ToUpper(string(d)), "sha256:" + strings.ToUpper(d.Hex()),
		"md5:" + d.Hex(), "sha256:" + strings.Repeat("g", 64), string(d) + "\n",
	} {
		if _, err := augur.ParseDigest(bad); augur.CodeOf(err) != augur.InvalidArgument {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if d := augur.DigestOf(bytes.Repeat([]byte{0xab}, 32)); d != augur.Digest("sha256:"+strings.Repeat("ab", 32)) {
		t.Error(d)
	}
}

func TestTimingInMilliseconds(t *testing.T) {
	x := augur.Timing{Total: 1500 * time.Microsecond, Queue: time.Second, Run: 1}
	if x.TotalMs() != 1.5 || x.QueueMs() != 1000 || x.RunMs() != 1e-6 {
		t.Error(x.TotalMs(), x.QueueMs(), x.RunMs())
	}
}
