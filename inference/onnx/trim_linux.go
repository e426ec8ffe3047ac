package onnx

/*
#include <stddef.h>

// Only glibc has it.
extern int malloc_trim(size_t pad) __attribute__((weak));

static void trim(void) {
	if (malloc_trim) malloc_trim(0);
}
*/
import "C"

// trim gives memory that was freed back to the system. By itself glibc keeps it
// in its pools, one for each few threads: after a thousand sessions that came
// and went it held 125 MB that nobody used.
func trim() { C.trim() }
