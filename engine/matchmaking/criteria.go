package matchmaking

import (
	"slices"

	"github.com/charonrelay/charon/blaze/tdf"
	"github.com/charonrelay/charon/engine/game"
)

// abstain is the rule value of a player who takes anything.
const abstain = "abstain"

// Bounds of a request, which waits as long as its player; the real game sends
// nine rules of one short value.
const (
	maxRules  = 64
	maxValues = 64
	maxValue  = 64 // bytes; longer ones are left out
)

const attributePrivacy = "ME3privacy"

// dlcAttributes are the add-ons a game can demand (spec: blaze 5.3).
var dlcAttributes = [...]string{"ME3_dlc2300", "ME3_dlc2500", "ME3_dlc2700", "ME3_dlc3050", "ME3_dlc3225"}

// attributeOf returns the game attribute that a rule tests, "" for rules that
// are not looked at (spec: blaze 4.6.10).
func attributeOf(rule string) string {
	switch rule {
	case "ME3_gameMapMatchRule":
		return "ME3map"
	case "ME3_gameEnemyTypeRule":
		return "ME3gameEnemyType"
	case "ME3_gameDifficultyRule":
		return "ME3gameDifficulty"
	case "ME3_rule_dlc2300", "ME3_rule_dlc2500", "ME3_rule_dlc2700", "ME3_rule_dlc3050", "ME3_rule_dlc3225":
		return "ME3_" + rule[len("ME3_rule_"):]
	}
	return ""
}

// Criteria is what a player looks for.
type Criteria struct {
	rules []rule
}

type rule struct {
	attribute string
	values    []string // any of them will do
}

// DecodeCriteria reads the group CRIT of startMatchmaking. Rules that abstain
// and rules of other names are left out; several values mean any of them.
func DecodeCriteria(crit tdf.Group) Criteria {
	var c Criteria
	for v := range crit.List("RLST").All() {
		g := v.Group()
		attribute := attributeOf(g.Str("NAME"))
		if attribute == "" || len(c.rules) >= maxRules {
			continue
		}
		var values []string
		for x := range g.List("VALU").All() {
			if v := x.Str(); len(values) < maxValues && len(v) <= maxValue {
				values = append(values, v)
			}
		}
		if len(values) > 0 && !slices.Contains(values, abstain) {
			c.rules = append(c.rules, rule{attribute, values})
		}
	}
	return c
}

// Fits reports whether a game is one the player may and wants to join.
func (c Criteria) Fits(v game.View) bool {
	if p, ok := v.Attributes.Get(attributePrivacy); ok && p != "PUBLIC" {
		return false
	}
	if v.Settings&game.OpenToMatchmaking == 0 {
		return false
	}
	if v.State >= game.StateInGame && v.Settings&game.JoinInProgress == 0 {
		return false
	}
	for _, r := range c.rules {
		if value, ok := v.Attributes.Get(r.attribute); !ok || !slices.Contains(r.values, value) {
			return false
		}
	}
	for _, dlc := range dlcAttributes {
		if _, demanded := v.Attributes.Get(dlc); demanded && !c.names(dlc) {
			return false
		}
	}
	return true
}

func (c Criteria) names(attribute string) bool {
	return slices.ContainsFunc(c.rules, func(r rule) bool { return r.attribute == attribute })
}
