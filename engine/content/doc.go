// Package content is what the server tells every game alike: the client
// configurations, the entitlements, and the legal documents (spec: blaze 7,
// 4.3.8 and 4.3.10). It names identifiers of the game; texts are our own.
package content
