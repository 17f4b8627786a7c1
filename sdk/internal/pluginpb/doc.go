// Package pluginpb is the plugin protocol as Go code, generated from sdk/proto/authrun/plugin/v1/plugin.proto by `make proto`.
//
// No code is written by hand here but this comment. What a message means stands in the proto file; how it becomes a value of package sdk,
// and what is refused on the way, is the concern of package wire, which nothing but sdk/plugin and sdk/client imports besides.
package pluginpb
