// Package blob keeps artifacts: files named by the SHA-256 of their bytes, so
// that equal bytes are stored once and a name never comes to mean other bytes.
//
// They are kept in a directory, or in object storage with a directory of copies.
//
// It may import augur, the standard library, a client of the S3 protocol and Tink.
//
// Invariants:
//
//   - A file stands under its final name only when it is whole, has the digest
//     that names it and has reached the disk: it is written under a temporary
//     name, synced, and then renamed. A process killed at any moment leaves at
//     most a temporary file, which the next Open sweeps, and uploads that may be
//     continued, which wait for Config.KeepUploads.
//   - Memory does not grow with the artifact: bytes are streamed both ways.
//   - What Store.Open hands out was checked against its digest by this process,
//     and is checked again when the file's size or time of change differs.
//   - An artifact may be a tar archive of a model and its data. It is laid out in a
//     folder of its own for who runs it, checked while it is, and nothing outside
//     of that folder is written.
//   - With a remote, an artifact is stored when the remote has it, whatever copies
//     there are; and a copy is all that is needed to open it.
//   - Files are never changed in place. One is removed by Store.Remove alone, which
//     spares what was uploaded lately, also when it was there already, and what is
//     open: whoever was told that an artifact is stored has time to refer to it.
//
// Start reading at store.go; put.go and append.go are the ways in, open.go the
// way out, layout.go that of archives, list.go what garbage is collected with;
// remote.go is the port of object storage, s3.go what satisfies it, and sealed.go
// its encryption.
package blob
