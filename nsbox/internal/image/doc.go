// Package image keeps the root filesystems that programs run in.
//
// An image is a stack of layers over a base that all images of the store share,
// so that they share its disk space and its pages in memory:
//
//	DIR/images/NAME.json   what the image is; its rename is what publishes it
//	DIR/layers/ID/         a layer: a directory tree, ID the digest of it
//	DIR/tmp/               trees that are being made
//	DIR/lock               held by whoever changes the store; says who that is
//
// A layer is what overlayfs calls an upper directory: a character device 0:0 is
// a whiteout, the attribute trusted.overlay.opaque hides what is below. A layer
// never changes once it is under layers/. Layers go in before the image that
// names them, and the image's file is replaced by one rename, so whoever reads
// the store at any moment finds whole images only. What an interrupted change
// leaves is in tmp/, or is a layer that no image names; the next change, or
// [Store.GC], removes both. A layer that somebody holds ([Image.Hold]) stays
// until a later GC.
//
// This package reads, checks and publishes. It starts no program and parses
// nothing but its own small files, because the privileged helper links it; the
// sub-packages build (recipes) and oci (import) make the trees.
package image
