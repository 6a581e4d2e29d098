package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"reflect"
	"strings"

	"github.com/BurntSushi/toml"
	"github.com/alecthomas/kong"

	"github.com/charonrelay/charon/internal/strictconf"
)

// ConfigFlag is the name of the flag that names the configuration file.
const ConfigFlag = "config"

// LoadConfig takes values for the flags of a verb from its configuration file:
// the one that the flag --config names or, if it names none and it exists,
// fallback. A key is the toml tag of the flag's field; the command line and the
// environment come before the file. Call it from the verb's BeforeResolve with
// the verb itself.
func LoadConfig(ctx *kong.Context, verb any, fallback string) error {
	path, required := fallback, false
	for _, f := range ctx.Flags() {
		if s, _ := ctx.FlagValue(f).(string); f.Name == ConfigFlag && s != "" {
			path, required = s, true
		}
	}
	if path == "" {
		return nil
	}
	values, err := readConfig(path, verb)
	if errors.Is(err, fs.ErrNotExist) && !required {
		return nil
	}
	if err != nil {
		return fmt.Errorf("configuration: %w", err)
	}
	ctx.AddResolver(kong.ResolverFunc(func(_ *kong.Context, _ *kong.Path, f *kong.Flag) (any, error) {
		for _, env := range f.Envs {
			if _, set := os.LookupEnv(env); set {
				return nil, nil
			}
		}
		if f.Tag == nil || f.Tag.Get("toml") == "" {
			return nil, nil
		}
		return values[f.Tag.Get("toml")], nil
	}))
	return nil
}

// readConfig checks the file against the fields of verb and returns its values.
func readConfig(path string, verb any) (map[string]any, error) {
	probe := reflect.New(reflect.TypeOf(verb).Elem()).Interface()
	data, err := strictconf.Read(path)
	if err != nil {
		return nil, err
	}
	if err := strictconf.Decode(path, data, probe); err != nil {
		return nil, err
	}
	values := map[string]any{}
	if err := toml.Unmarshal(data, &values); err != nil {
		return nil, err
	}
	for k, v := range values {
		switch v := v.(type) {
		case []any: // kong takes lists as text
			parts := make([]string, len(v))
			for i := range v {
				parts[i] = fmt.Sprint(v[i])
			}
			values[k] = strings.Join(parts, ",")
		case string, bool:
		default:
			values[k] = fmt.Sprint(v)
		}
	}
	return values, nil
}
