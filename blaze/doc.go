// Package blaze implements the frames of the Blaze protocol that Mass Effect 3
// speaks with its servers (spec: blaze 1), and names its components, commands,
// notifications and error codes (spec: blaze 3 and 6).
//
// A [Packet] is one frame. [Reader] takes packets off a stream with a cap on
// their size; [Packet.AppendTo] makes their bytes. Bodies are TDF, see package
// tdf.
package blaze
