package server

import (
	"encoding"
	"encoding/json"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"augur"
)

// EnvPrefix begins the name of every environment variable that Augur reads.
const EnvPrefix = "AUGUR_"

// Setting describes one leaf of Config.
type Setting struct {
	// Key is its place in the tree and the name of its flag: "http.listen".
	Key string
	// Env is its environment variable: "AUGUR_HTTP_LISTEN".
	Env string
	// Default is its default as text, "" for none.
	Default string
	// Help says what it is, Why what one would change it for.
	Help, Why string
	// Form says what is written: text, true or false, a number, a size, a
	// length of time, a list.
	Form string
	// OneOf lists the values it may have, when there are few.
	OneOf []string
	// Secret settings are shown as ***.
	Secret bool

	index []int
}

// Section describes one branch of Config.
type Section struct {
	Name, Help string
	Settings   []Setting
}

var tree = sync.OnceValue(func() []Section {
	var sections []Section
	for top := range reflect.TypeFor[Config]().Fields() {
		s := Section{Name: top.Tag.Get("name"), Help: top.Tag.Get("help")}
		for f := range top.Type.Fields() {
			key := s.Name + "." + f.Tag.Get("name")
			var oneOf []string
			if enum := f.Tag.Get("enum"); enum != "" {
				oneOf = strings.Split(enum, ",")
			}
			s.Settings = append(s.Settings, Setting{
				Key:     key,
				Env:     EnvPrefix + strings.ToUpper(strings.NewReplacer(".", "_", "-", "_").Replace(key)),
				Default: f.Tag.Get("default"),
				Help:    f.Tag.Get("help"),
				Why:     f.Tag.Get("why"),
				Form:    form(f.Type),
				OneOf:   oneOf,
				Secret:  f.Type == reflect.TypeFor[augur.Secret](),
				index:   []int{top.Index[0], f.Index[0]},
			})
		}
		sections = append(sections, s)
	}
	return sections
})

// Sections returns the tree in the order of Config.
func Sections() []Section { return tree() }

// Settings returns every setting, in the order of Config.
func Settings() []Setting {
	var all []Setting
	for _, s := range tree() {
		all = append(all, s.Settings...)
	}
	return all
}

func form(t reflect.Type) string {
	switch t {
	case reflect.TypeFor[time.Duration]():
		return "length of time"
	case reflect.TypeFor[Size]():
		return "size"
	}
	switch t.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.Int, reflect.Int64, reflect.Float64:
		return "number"
	case reflect.Slice:
		return "list"
	default:
		return "text"
	}
}

func setting(key string) (Setting, bool) {
	all := Settings()
	i := slices.IndexFunc(all, func(s Setting) bool { return s.Key == key })
	if i < 0 {
		return Setting{}, false
	}
	return all[i], true
}

// Set gives the setting of that key the value that text writes; a list is
// written with commas. The error is InvalidArgument with the key in Field.
func (c *Config) Set(key, text string) error {
	s, ok := setting(key)
	if !ok {
		return augur.Errorf(augur.InvalidArgument, "no such setting%s", nearest(key, keys())).At(key)
	}
	if len(s.OneOf) > 0 && !slices.Contains(s.OneOf, text) {
		return augur.Errorf(augur.InvalidArgument, "%q: expected one of %s", text, strings.Join(s.OneOf, ", ")).At(key)
	}
	v := reflect.ValueOf(c).Elem().FieldByIndex(s.index)
	if err := parse(v, text); err != nil {
		return augur.Errorf(augur.InvalidArgument, "%q: expected a %s", text, s.Form).At(key)
	}
	return nil
}

func parse(v reflect.Value, text string) error {
	if u, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok {
		return u.UnmarshalText([]byte(text))
	}
	switch v.Kind() {
	case reflect.Bool:
		b, err := strconv.ParseBool(text)
		v.SetBool(b)
		return err
	case reflect.Int, reflect.Int64:
		if v.Type() == reflect.TypeFor[time.Duration]() {
			d, err := time.ParseDuration(text)
			v.SetInt(int64(d))
			return err
		}
		n, err := strconv.ParseInt(text, 10, 64)
		v.SetInt(n)
		return err
	case reflect.Float64:
		f, err := strconv.ParseFloat(text, 64)
		v.SetFloat(f)
		return err
	case reflect.Slice:
		var list []string
		for part := range strings.SplitSeq(text, ",") {
			if part = strings.TrimSpace(part); part != "" {
				list = append(list, part)
			}
		}
		v.Set(reflect.ValueOf(list))
		return nil
	default:
		v.SetString(text)
		return nil
	}
}

// Get returns the value of the setting of that key as text that Set reads,
// except that a secret is masked.
func (c *Config) Get(key string) string {
	s, ok := setting(key)
	if !ok {
		return ""
	}
	switch v := reflect.ValueOf(c).Elem().FieldByIndex(s.index).Interface().(type) {
	case augur.Secret:
		return mask(v)
	case []string:
		return strings.Join(v, ",")
	case time.Duration:
		return shortDuration(v)
	case encoding.TextMarshaler:
		text, _ := v.MarshalText() // never fails for the types of Config
		return string(text)
	case string:
		return v
	default:
		text, _ := json.Marshal(v) // a bool or a number
		return string(text)
	}
}

// shortDuration writes 2m rather than 2m0s.
func shortDuration(d time.Duration) string {
	text := d.String()
	for _, zero := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(text, zero) {
			text = strings.TrimSuffix(text, zero[1:])
		}
	}
	return text
}

// mask hides a secret, and only the password of one that is plainly a URL, so
// that people see which database is meant.
func mask(s augur.Secret) string {
	if !strings.ContainsAny(s.Reveal(), ":=@") {
		return s.Reveal() // the path of a file
	}
	u, err := url.Parse(s.Reveal())
	if err != nil || u.Scheme == "" || u.Host == "" && u.Path == "" || u.RawQuery != "" || u.Opaque != "" {
		return s.String()
	}
	if u.User != nil {
		if _, has := u.User.Password(); has {
			u.User = url.UserPassword(u.User.Username(), "***")
		}
	}
	return strings.Replace(u.String(), "%2A%2A%2A", "***", 1)
}

// Copy takes the value of one setting from another tree.
func (c *Config) Copy(key string, from *Config) {
	if s, ok := setting(key); ok {
		reflect.ValueOf(c).Elem().FieldByIndex(s.index).Set(reflect.ValueOf(from).Elem().FieldByIndex(s.index))
	}
}

func keys() []string {
	var all []string
	for _, s := range Settings() {
		all = append(all, s.Key)
	}
	return all
}

// nearest returns ", did you mean X?" for the known name that is closest to name.
func nearest(name string, known []string) string {
	best, least := "", len(name)/2+2
	for _, k := range known {
		if d := editDistance(name, k); d < least {
			best, least = k, d
		}
	}
	if best == "" {
		return ""
	}
	return ", did you mean " + best + "?"
}

// editDistance is Levenshtein's, by bytes.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
