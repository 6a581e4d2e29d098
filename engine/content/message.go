package content

import "github.com/charonrelay/charon/blaze/tdf"

// languages are the suffixes of translated texts; English has none (spec: blaze 7.2).
var languages = [...]string{"de", "es", "fr", "it", "ja", "pl", "ru"}

// news is ME3_MSG: one message on the menu's terminal that names the server
// (spec: blaze 7.2, data 5.5).
func news(serverVersion string) []tdf.Pair {
	const title = "Charon"
	text := "You are playing on a community server: Charon <font color='#FFFF66'>" + serverVersion + "</font>."
	pairs := []tdf.Pair{
		{Key: "MSG_1_message", Value: text},
		{Key: "MSG_1_title", Value: title},
		{Key: "MSG_1_priority", Value: "1"},
		{Key: "MSG_1_trackingId", Value: "1"},
		{Key: "MSG_1_type", Value: "0"},
	}
	for _, l := range languages {
		pairs = append(pairs, tdf.Pair{Key: "MSG_1_message_" + l, Value: text}, tdf.Pair{Key: "MSG_1_title_" + l, Value: title})
	}
	tdf.SortPairs(pairs)
	return pairs
}

// MenuMessage is the line on the multiplayer menu (spec: blaze 4.8.2).
func MenuMessage(serverVersion, player string) string {
	return "<font color='#B2B2B2'>Charon " + serverVersion + "</font> - <font color='#FFFF66'>Welcome, " + player + "</font>\n"
}
