// Package reference writes a plugin's reference from what the plugin says of itself, as Markdown: arguments and their rules, attributes, abilities,
// limits, and what its tokens are like.
//
// It is pure. It is imported by package runtime/cli and by tests that hold the vendors' pages to their plugins.
package reference
