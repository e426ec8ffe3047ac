package deploy

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
)

// project is the compose file as docker compose reads it, for one profile.
func project(t *testing.T, profile string, env ...string) *types.Project {
	t.Helper()
	o, err := cli.NewProjectOptions([]string{at("compose", "compose.yaml")}, cli.WithProfiles([]string{profile}), cli.WithEnv(env))
	if err != nil {
		t.Fatal(err)
	}
	p, err := o.LoadProject(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestCompose(t *testing.T) {
	p := project(t, "production", "POSTGRES_PASSWORD=secret", "AUGUR_WEBHOOKS_KEY=sixteen bytes or more")
	want := []string{"augur-1", "augur-2", "augur-3", "grafana", "nginx", "postgres", "prometheus", "redis"}
	if got := p.ServiceNames(); !slices.Equal(got, want) {
		t.Errorf("production has %q, want %q", got, want)
	}
	for _, name := range want[:3] {
		s := p.Services[name]
		env := map[string]string{}
		for key, value := range s.Environment {
			env[key] = *value
		}
		configured(t, env)
		if !s.ReadOnly || !slices.Contains(s.CapDrop, "ALL") || s.HealthCheck == nil || s.Privileged {
			t.Errorf("%s is not as tight as it could be", name)
		}
		if !strings.Contains(env["AUGUR_DATABASE_URL"], ":secret@postgres") {
			t.Errorf("%s: the password does not reach the URL", name)
		}
		if len(s.Ports) > 0 {
			t.Errorf("%s is published past nginx", name)
		}
	}
	for name := range p.Services {
		for _, v := range p.Services[name].Volumes {
			if v.Type == types.VolumeTypeBind && !strings.HasSuffix(v.Source, "/tls") {
				if _, err := os.Stat(v.Source); err != nil {
					t.Errorf("%s mounts what is not there: %v", name, err)
				}
			}
		}
	}

	p = project(t, "development")
	if got := p.ServiceNames(); !slices.Equal(got, []string{"augur"}) {
		t.Errorf("development has %q", got)
	}
	for _, port := range p.Services["augur"].Ports {
		if port.HostIP != "127.0.0.1" {
			t.Errorf("the server without authentication is published on %q", port.HostIP)
		}
	}
	env := map[string]string{}
	for key, value := range p.Services["augur"].Environment {
		env[key] = *value
	}
	configured(t, env)
}
