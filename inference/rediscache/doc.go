// Package rediscache is inference.SharedCache over Redis: one server, a group
// under Sentinel, or a cluster. Redis being down, slow, full or filled with
// other things makes predictions run, never fail: what it does not answer in
// time is a miss, and after a fault it is left alone for a while, so that it
// costs no further prediction anything until it answers again.
//
// It may import augur and inference.
package rediscache
