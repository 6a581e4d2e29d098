// Package tdf implements TDF, the tagged encoding of every Blaze message body
// (spec: blaze 2).
//
// A body is a run of fields, each a packed four-character tag, a type byte and
// a value. [Parse] checks a whole body once, with caps on nesting and element
// counts, and returns a [Group]: a view over the caller's bytes that finds and
// reads fields without allocating. Nothing in a message can make decoding cost
// more than the bytes that were really received: a count is believed only as
// far as the remaining bytes could hold that many elements.
//
// Readers follow the rules of the original library: fields that are missing
// read as the zero value, unknown fields are ignored, a field of an unexpected
// type counts as missing (spec: blaze 2.10).
//
// [Encoder] appends fields in the order of its calls. The game needs ascending
// tags at every level; [CheckOrder] tells whether a body obeys.
package tdf
