package main

import (
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/charonrelay/charon/internal/scripttest"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"charon-server": main})
}

func TestScripts(t *testing.T) { scripttest.Run(t, nil) }
