package regulation

import (
	"slices"

	"github.com/cedar-policy/cedar-go"
	cedarast "github.com/cedar-policy/cedar-go/x/exp/ast"
)

// conflicts sees to it that no policy is there for nothing: a permit that
// something always forbids would say to people what isn't so, and in a layer
// a permit allows nobody anything.
func (d *document) conflicts(p policies, layer Layer) {
	for _, permit := range p.inOrder {
		if !permit.permits() {
			continue
		}
		if layer != "" {
			d.fault(permit.line, "article %s permits, but a document with laag %s can only forbid: write what may not, or leave the laag out", permit.id, layer)
		}
		for _, forbid := range p.inOrder {
			if forbid.overrules(permit) {
				d.fault(permit.line, "article %s permits what article %s, in line %d, forbids whatever happens: remove one, or give the forbid a condition",
					permit.id, forbid.id, forbid.line)
			}
		}
	}
}

// overrules reports whether r forbids all that a permit could ever allow.
func (r *rule) overrules(permit *rule) bool {
	if r.permits() || r.warns || len(r.policy.AST().Conditions) > 0 || len(permit.acts) == 0 {
		return false
	}
	for _, act := range permit.acts {
		if !slices.Contains(r.acts, act) {
			return false
		}
	}
	ours, theirs := r.policy.AST(), permit.policy.AST()
	return covers(ours.Principal, theirs.Principal) && covers(ours.Resource, theirs.Resource)
}

// covers reports whether one scope has all that another has.
func covers(wide, narrow cedarast.IsScopeNode) bool {
	switch wide := wide.(type) {
	case cedarast.ScopeTypeAll:
		return true
	case cedarast.ScopeTypeEq:
		return narrow == cedarast.IsScopeNode(wide)
	case cedarast.ScopeTypeIn:
		in, ok := group(narrow)
		return ok && in == wide.Entity
	case cedarast.ScopeTypeIs:
		kind, ok := kindOf(narrow)
		return ok && kind == wide.Type
	case cedarast.ScopeTypeIsIn:
		return narrow == cedarast.IsScopeNode(wide)
	}
	return false
}

// group is what a scope is in.
func group(scope cedarast.IsScopeNode) (cedar.EntityUID, bool) {
	switch scope := scope.(type) {
	case cedarast.ScopeTypeEq:
		return scope.Entity, true // everything is in itself
	case cedarast.ScopeTypeIn:
		return scope.Entity, true
	case cedarast.ScopeTypeIsIn:
		return scope.Entity, true
	}
	return cedar.EntityUID{}, false
}

// kindOf is the kind of all that is in a scope.
func kindOf(scope cedarast.IsScopeNode) (cedar.EntityType, bool) {
	switch scope := scope.(type) {
	case cedarast.ScopeTypeEq:
		return scope.Entity.Type, true
	case cedarast.ScopeTypeIs:
		return scope.Type, true
	case cedarast.ScopeTypeIsIn:
		return scope.Type, true
	}
	return "", false
}
