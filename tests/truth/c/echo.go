// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only

// echo-go serve ADDRESS | call ADDRESS CONNECTIONS TIMES
package main

import (
	"io"
	"log"
	"net"
	"os"
	"strconv"
	"sync"
)

func serve(address string) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		log.Fatal(err)
	}
	for {
		c, err := listener.Accept()
		if err != nil {
			log.Fatal(err)
		}
		go func() {
			io.Copy(c, c)
			c.Close()
		}()
	}
}

func call(address string, times int, done *sync.WaitGroup) {
	c, err := net.Dial("tcp", address)
	if err != nil {
		log.Fatal(err)
	}
	data := make([]byte, 100)
	for i := 0; i < times; i++ {
		if _, err := c.Write(data); err != nil {
			log.Fatal(err)
		}
		if _, err := io.ReadFull(c, data); err != nil {
			log.Fatal(err)
		}
	}
	c.Close()
	done.Done()
}

func main() {
	if len(os.Args) == 3 && os.Args[1] == "serve" {
		serve(os.Args[2])
	}
	if len(os.Args) != 5 || os.Args[1] != "call" {
		log.Fatal("usage: echo-go serve ADDRESS | call ADDRESS CONNECTIONS TIMES")
	}
	connections, _ := strconv.Atoi(os.Args[3])
	times, _ := strconv.Atoi(os.Args[4])
	var done sync.WaitGroup
	done.Add(connections)
	for i := 0; i < connections; i++ {
		go call(os.Args[2], times, &done)
	}
	done.Wait()
}
