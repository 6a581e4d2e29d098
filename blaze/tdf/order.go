package tdf

import "fmt"

// CheckOrder returns an error naming the first field of body that does not
// have a larger tag than its predecessor, at any level. The game loses such a
// field (spec: blaze 2.10 rule 1).
func CheckOrder(g Group) error {
	return checkOrder(g, "")
}

func checkOrder(g Group, path string) error {
	last := Tag(0)
	for f := range g.Fields() {
		if f.Tag <= last {
			return fmt.Errorf("tdf: field %s%s comes after %s, but tags must ascend", path, f.Tag, last)
		}
		last = f.Tag
		if err := checkValueOrder(f.Value, path+f.Tag.String()+"."); err != nil {
			return err
		}
	}
	return nil
}

func checkValueOrder(v Value, path string) error {
	switch v.typ {
	case TypeGroup, TypeUnion:
		g := v.Group()
		if _, member, ok := v.Union(); ok {
			g = member
		}
		return checkOrder(g, path)
	case TypeList:
		for x := range v.List().All() {
			if err := checkValueOrder(x, path); err != nil {
				return err
			}
		}
	case TypeMap:
		for _, x := range v.Map().All() {
			if err := checkValueOrder(x, path); err != nil {
				return err
			}
		}
	case TypeVariable:
		if _, content, ok := v.Variable(); ok {
			return checkValueOrder(content.Value, path+content.Tag.String()+".")
		}
	}
	return nil
}
