//go:build unix && !linux

package onnx

import "syscall"

func dieWithParent(*syscall.SysProcAttr) {}
