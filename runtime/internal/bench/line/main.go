// Command line prints a line: the least that any program needs. It is what the benchmark compares authrun's start with.
package main

import "fmt"

func main() { fmt.Println("authrun 0.1.0") }
