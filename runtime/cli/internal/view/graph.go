package view

import (
	"strconv"

	"github.com/authrun/authrun/runtime"
)

// GraphOptions say what of a graph is drawn.
type GraphOptions struct {
	Instances bool // each instance of a block by itself, not the block as a whole
	Outputs   bool // outputs, too
}

// drawing is a graph as it is drawn: boxes, some inside of a frame, and arrows from what needs to what is needed.
type drawing struct {
	boxes  []box
	arrows []arrow
}

// box is a block, an instance, an output, or a frame around the instances of a block.
type box struct {
	id     string // address, or "output.NAME"
	label  string
	output bool
	inside []box // of a frame
}

// arrow leads from what needs to what is needed, both by id.
type arrow struct{ from, to string }

// draw decides what is drawn.
func draw(g runtime.Graph, o GraphOptions) drawing {
	var d drawing
	blocks := map[string]string{} // of an address: the box that stands for it
	for _, n := range g.Nodes {
		if n.Output != "" && !o.Outputs {
			continue
		}
		b := boxOf(n, o)
		d.boxes = append(d.boxes, b)
		blocks[n.Address] = b.id
		for _, address := range n.Instances {
			blocks[address] = b.id
			if o.Instances {
				blocks[address] = address
			}
		}
	}
	seen := map[arrow]bool{}
	for _, n := range g.Nodes {
		if n.Output != "" && !o.Outputs {
			continue
		}
		for _, need := range n.Needs {
			a := arrow{idOf(n), blocks[need]}
			if !seen[a] {
				seen[a] = true
				d.arrows = append(d.arrows, a)
			}
		}
	}
	return d
}

func idOf(n runtime.Node) string {
	if n.Output != "" {
		return "output." + n.Output
	}
	return n.Address
}

func boxOf(n runtime.Node, o GraphOptions) box {
	b := box{id: idOf(n), label: idOf(n), output: n.Output != ""}
	switch {
	case !n.Repeated:
	case !n.Known:
		b.label += "\ninstances not known"
	case o.Instances && len(n.Instances) > 0:
		for _, address := range n.Instances {
			b.inside = append(b.inside, box{id: address, label: address})
		}
	default:
		b.label += "\n" + instances(len(n.Instances))
	}
	return b
}

func instances(n int) string {
	if n == 1 {
		return "1 instance"
	}
	return strconv.Itoa(n) + " instances"
}

// frames are the boxes that hold others.
func (d drawing) frames() map[string]box {
	all := map[string]box{}
	for _, b := range d.boxes {
		if len(b.inside) > 0 {
			all[b.id] = b
		}
	}
	return all
}

// numbers gives every box a name of letters and digits, in the order of the drawing.
func (d drawing) numbers() map[string]string {
	names := map[string]string{}
	for _, b := range d.boxes {
		for _, b := range append([]box{b}, b.inside...) {
			names[b.id] = "n" + strconv.Itoa(len(names)+1)
		}
	}
	return names
}
