// Package wire is what both ends of the plugin boundary must agree on: the cookie and the versions of the handshake, the names of the
// environment, the sizes, how each end knows the other, and how the messages of the protocol become values of package sdk and back.
//
// It starts nothing, serves nothing and decides nothing: sdk/plugin is the plugin's end, sdk/client the host's, and nobody else imports
// it. There is one file for each noun of the protocol. A function named XToProto never fails; one named XFromProto refuses what cannot be
// a value of package sdk, since the other end is another program. What an older end cannot know and may safely not know (an unknown
// field, a placement, a rule) is left out; what it must not overlook (an unknown kind of limit) is an error.
package wire
