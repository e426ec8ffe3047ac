package deploy

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	monitoring "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"google.golang.org/protobuf/proto"
	"istio.io/api/networking/v1alpha3"
	apps "k8s.io/api/apps/v1"
	autoscaling "k8s.io/api/autoscaling/v2"
	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	policy "k8s.io/api/policy/v1"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/yaml"
)

// types are the API types that the manifests may be of.
var apiTypes = map[string]func() any{
	"v1/ServiceAccount":                       func() any { return &core.ServiceAccount{} },
	"v1/ConfigMap":                            func() any { return &core.ConfigMap{} },
	"v1/Secret":                               func() any { return &core.Secret{} },
	"v1/PersistentVolumeClaim":                func() any { return &core.PersistentVolumeClaim{} },
	"v1/Service":                              func() any { return &core.Service{} },
	"apps/v1/Deployment":                      func() any { return &apps.Deployment{} },
	"autoscaling/v2/HorizontalPodAutoscaler":  func() any { return &autoscaling.HorizontalPodAutoscaler{} },
	"networking.k8s.io/v1/Ingress":            func() any { return &networking.Ingress{} },
	"networking.k8s.io/v1/NetworkPolicy":      func() any { return &networking.NetworkPolicy{} },
	"policy/v1/PodDisruptionBudget":           func() any { return &policy.PodDisruptionBudget{} },
	"monitoring.coreos.com/v1/ServiceMonitor": func() any { return &monitoring.ServiceMonitor{} },
	"monitoring.coreos.com/v1/PrometheusRule": func() any { return &monitoring.PrometheusRule{} },
}

// manifests are the objects of YAML documents by kind, decoded strictly: a field
// that the API does not have, or has in another form, is an error.
func manifests(t *testing.T, text []byte) map[string]any {
	t.Helper()
	out := map[string]any{}
	for _, doc := range bytes.Split(text, []byte("\n---\n")) {
		var head struct{ APIVersion, Kind string }
		if err := yaml.Unmarshal(doc, &head); err != nil {
			t.Fatal(err)
		}
		make, known := apiTypes[head.APIVersion+"/"+head.Kind]
		if !known {
			t.Errorf("nothing knows %s %s", head.APIVersion, head.Kind)
			continue
		}
		object := make()
		if err := yaml.UnmarshalStrict(doc, object); err != nil {
			t.Errorf("%s: %v", head.Kind, err)
		}
		if out[head.Kind] != nil {
			t.Errorf("there are two of %s", head.Kind)
		}
		out[head.Kind] = object
	}
	return out
}

func build(t *testing.T, overlay string) map[string]any {
	t.Helper()
	built, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), at("kubernetes", "overlays", overlay))
	if err != nil {
		t.Fatal(err)
	}
	text, err := built.AsYaml()
	if err != nil {
		t.Fatal(err)
	}
	return manifests(t, text)
}

func TestKubernetes(t *testing.T) {
	for overlay, kinds := range map[string][]string{
		"small":  {"ServiceAccount", "ConfigMap", "Secret", "PersistentVolumeClaim", "Deployment", "Service", "Ingress", "NetworkPolicy"},
		"medium": {"ServiceAccount", "ConfigMap", "Secret", "PersistentVolumeClaim", "Deployment", "Service", "Ingress", "NetworkPolicy", "HorizontalPodAutoscaler", "PodDisruptionBudget", "ServiceMonitor", "PrometheusRule"},
		"large":  {"ServiceAccount", "ConfigMap", "Secret", "Deployment", "Service", "Ingress", "NetworkPolicy", "HorizontalPodAutoscaler", "PodDisruptionBudget", "ServiceMonitor", "PrometheusRule"},
	} {
		t.Run(overlay, func(t *testing.T) {
			got := build(t, overlay)
			for _, kind := range kinds {
				if got[kind] == nil {
					t.Errorf("there is no %s", kind)
				}
			}
			if len(got) != len(kinds) {
				t.Errorf("there are %d kinds, want %d", len(got), len(kinds))
			}
			if t.Failed() {
				return
			}
			deployment := got["Deployment"].(*apps.Deployment)
			checkPod(t, &deployment.Spec.Template)
			checkRelease(t, overlay, deployment, got)
			checkNames(t, deployment, got)

			env := map[string]string{"AUGUR_HTTP_ALLOW_ANONYMOUS": "true"} // as in the image
			for k, v := range got["ConfigMap"].(*core.ConfigMap).Data {
				env[k] = v
			}
			for k, v := range got["Secret"].(*core.Secret).StringData {
				env[k] = v
			}
			configured(t, env)
		})
	}
}

// checkPod: non-root, nothing writable but volumes, and all three probes.
func checkPod(t *testing.T, pod *core.PodTemplateSpec) {
	t.Helper()
	c := pod.Spec.Containers[0]
	s, p := c.SecurityContext, pod.Spec.SecurityContext
	if !*p.RunAsNonRoot || *p.RunAsUser == 0 || p.SeccompProfile.Type != core.SeccompProfileTypeRuntimeDefault ||
		*s.AllowPrivilegeEscalation || !*s.ReadOnlyRootFilesystem || len(s.Capabilities.Drop) != 1 || s.Capabilities.Drop[0] != "ALL" {
		t.Error("the pod does not keep to the restricted profile")
	}
	for name, probe := range map[string]*core.Probe{"/ready": c.StartupProbe, "/ready ": c.ReadinessProbe, "/health": c.LivenessProbe} {
		if probe == nil || probe.HTTPGet == nil || probe.HTTPGet.Path != strings.TrimSpace(name) {
			t.Errorf("a probe of %s is %+v", name, probe)
		}
	}
	if c.Resources.Requests.Memory().IsZero() || c.Resources.Requests.Cpu().IsZero() || c.Resources.Limits.Memory().IsZero() {
		t.Error("resources are missing")
	}
	volumes := map[string]bool{}
	for _, v := range pod.Spec.Volumes {
		volumes[v.Name] = true
		if (v.EmptyDir == nil) == (v.PersistentVolumeClaim == nil) {
			t.Errorf("the volume %s is of no kind, or of two", v.Name)
		}
	}
	for _, m := range c.VolumeMounts {
		if !volumes[m.Name] {
			t.Errorf("there is no volume %s", m.Name)
		}
	}
}

// checkRelease: a rolling update takes none away before the next is ready, and
// the pod has the time to end that its server takes.
func checkRelease(t *testing.T, overlay string, d *apps.Deployment, all map[string]any) {
	t.Helper()
	if overlay == "small" {
		if d.Spec.Strategy.Type != apps.RecreateDeploymentStrategyType || *d.Spec.Replicas != 1 {
			t.Error("two servers would have one SQLite file")
		}
		return
	}
	if r := d.Spec.Strategy.RollingUpdate; r == nil || r.MaxUnavailable.IntValue() != 0 || r.MaxSurge.IntValue() != 1 {
		t.Errorf("the strategy is %+v", d.Spec.Strategy)
	}
	if d.Spec.Replicas != nil {
		t.Error("the number of replicas is the autoscaler's")
	}
	keys := map[string]int{}
	for _, c := range d.Spec.Template.Spec.TopologySpreadConstraints {
		keys[c.TopologyKey]++
	}
	if !reflect.DeepEqual(keys, map[string]int{"kubernetes.io/hostname": 1, "topology.kubernetes.io/zone": 1}) {
		t.Errorf("the pods are spread by %v", keys)
	}
	h := all["HorizontalPodAutoscaler"].(*autoscaling.HorizontalPodAutoscaler)
	if h.Spec.ScaleTargetRef.Name != d.Name || *h.Spec.MinReplicas < 2 || len(h.Spec.Metrics) != 2 {
		t.Errorf("the autoscaler: %+v", h.Spec)
	}
}

// checkNames: what refers to something by a name or a label finds it.
func checkNames(t *testing.T, d *apps.Deployment, all map[string]any) {
	t.Helper()
	labels := d.Spec.Template.Labels
	service := all["Service"].(*core.Service)
	selectors := map[string]map[string]string{
		"the deployment": d.Spec.Selector.MatchLabels, "the service": service.Spec.Selector,
		"the network policy": all["NetworkPolicy"].(*networking.NetworkPolicy).Spec.PodSelector.MatchLabels,
	}
	if b, ok := all["PodDisruptionBudget"].(*policy.PodDisruptionBudget); ok {
		selectors["the disruption budget"] = b.Spec.Selector.MatchLabels
	}
	for who, selector := range selectors {
		for k, v := range selector {
			if labels[k] != v {
				t.Errorf("%s asks for %s=%s, which no pod has", who, k, v)
			}
		}
		if len(selector) == 0 {
			t.Errorf("%s asks for nothing", who)
		}
	}
	if m, ok := all["ServiceMonitor"].(*monitoring.ServiceMonitor); ok {
		for k, v := range m.Spec.Selector.MatchLabels {
			if service.Labels[k] != v {
				t.Errorf("the service monitor asks for %s=%s, which no service has", k, v)
			}
		}
		if m.Spec.Endpoints[0].Port != service.Spec.Ports[0].Name {
			t.Error("the service monitor asks another port")
		}
	}
	for _, path := range all["Ingress"].(*networking.Ingress).Spec.Rules[0].HTTP.Paths {
		if path.Backend.Service.Name != service.Name || path.Backend.Service.Port.Name != service.Spec.Ports[0].Name {
			t.Errorf("%s leads nowhere", path.Path)
		}
		if strings.HasPrefix("/metrics", path.Path+"/") || path.Path == "/debug" {
			t.Errorf("%s is open", path.Path)
		}
	}
	if claim, ok := all["PersistentVolumeClaim"].(*core.PersistentVolumeClaim); ok && d.Spec.Template.Spec.Volumes[0].PersistentVolumeClaim.ClaimName != claim.Name {
		t.Error("the volume claims another")
	}
}

// TestRulesAreTheSame: those of the operator are those of deploy/prometheus.
func TestRulesAreTheSame(t *testing.T) {
	var plain, operator struct {
		Groups []any
		Spec   struct{ Groups []any }
	}
	for path, to := range map[string]any{at("prometheus", "alerts.yaml"): &plain, at("kubernetes", "components", "monitoring", "prometheusrule.yaml"): &operator} {
		if err := yaml.Unmarshal(read(t, path), to); err != nil {
			t.Fatal(err)
		}
	}
	if len(plain.Groups) == 0 || !reflect.DeepEqual(plain.Groups, operator.Spec.Groups) {
		t.Error("deploy/kubernetes/components/monitoring/prometheusrule.yaml is not deploy/prometheus/alerts.yaml")
	}
}

// TestIstio holds the split against Istio's types.
func TestIstio(t *testing.T) {
	for doc := range strings.SplitSeq(string(read(t, at("istio", "traffic-split.yaml"))), "\n---\n") {
		var object struct {
			APIVersion, Kind string
			Metadata         any
			Spec             json.RawMessage
		}
		if err := yaml.UnmarshalStrict([]byte(doc), &object); err != nil {
			t.Fatal(err)
		}
		spec := map[string]interface {
			proto.Message
			json.Unmarshaler
		}{"DestinationRule": &v1alpha3.DestinationRule{}, "VirtualService": &v1alpha3.VirtualService{}}[object.Kind]
		if err := json.Unmarshal(object.Spec, spec); err != nil { // fails for fields that are not known
			t.Errorf("%s: %v", object.Kind, err)
		}
		if v, ok := spec.(*v1alpha3.VirtualService); ok {
			sum := int32(0)
			for _, to := range v.Http[len(v.Http)-1].Route {
				sum += to.Weight
			}
			if sum != 100 {
				t.Errorf("the weights sum to %d", sum)
			}
		}
	}
}
