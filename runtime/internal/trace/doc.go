// Package trace writes down what was said between this host and a vendor, with only that shown which is known to be harmless.
//
// Shown are names, numbers, booleans, the values of arguments that are not sensitive, and words of a fixed list that belong to the language of
// HTTP interfaces ("success", "invalid_grant", "getAccessToken"); of all other text its length. What is known to be a secret is never shown,
// whatever else it looks like. A line has the form of package script, so that a file of them can be played to a plugin.
//
// It decides by values alone and knows no vendor. It may be imported by the runtime.
package trace
