package account

import "strings"

// adjectives and nouns are the words of generated display names: plain,
// friendly, lower-case ASCII, at most ten letters.
var (
	adjectives = strings.Fields(`
		able agile airy alert amber ample ancient arctic autumn balmy basic bold
		brave breezy bright brisk bronze busy calm candid careful cheerful chief
		civil clear clever coastal copper coral cosmic cozy crimson crisp curious
		daring deep diligent distant eager early earnest eastern easy electric
		emerald epic exact fair famous fearless fine firm fleet fluent fond frank
		free fresh friendly frosty gallant gentle giant gifted glad golden good
		grand grateful hardy hasty helpful hidden honest humble icy indigo
		inventive ivory jolly jovial keen kind lasting lively loyal lucid lucky
		lunar magnetic major mellow merry mighty mild modest neat nimble noble
		northern patient peaceful playful polite prime proud quick quiet radiant
		rapid ready robust rustic scarlet serene sharp silent silver simple
		smooth snowy solar solid southern steady stellar sturdy sunny swift
		tidy tranquil trusty upbeat urban valiant velvet vivid warm wise witty`)

	nouns = strings.Fields(`
		acorn anchor anvil arrow aspen atlas aurora badger bamboo banner basin
		beacon bear beaver birch bison bridge brook canyon captain cedar cliff
		cloud comet compass condor coral cove crane crater creek cricket crystal
		dawn delta desert dolphin dragon drifter dune eagle ember engine explorer
		falcon feather fern ferret field finch fjord flame forest fountain fox
		galaxy garden glacier grove guardian gull hammer harbor hare hawk heron
		hill horizon island jaguar juniper kestrel lagoon lantern lark lemur
		leopard lion lotus lynx maple marble marmot meadow meteor mirror monsoon
		moon moose mountain nebula nomad oak ocean orbit orchard orchid osprey
		otter owl panda panther pebble pelican penguin pepper phoenix pilot pine
		planet plateau pond prairie puffin quartz rabbit ranger raven reef ridge
		river robin rocket rover sailor salmon scout shadow sparrow spruce star
		summit sunrise thunder tiger topaz tundra turtle valley voyager walrus
		willow wind wolf wren zephyr`)
)
