// Package placement puts a token on a request to its vendor, where the vendor's plugin says that it goes, and tells from an answer whether the
// vendor took the token for dead.
//
// It is pure: it sends nothing and knows no store. It is imported by package runtime alone.
package placement
