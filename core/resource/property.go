package resource

import "strings"

// sinkNeeds returns what an action of a type refers to.
func sinkNeeds(typ string, props map[string]any) []Need {
	needs := []Need{{SinkType, typ, ""}}
	if key, ok := props["resourceId"].(string); ok && key != "" {
		needs = append(needs, Need{SinkKey, typ, key})
	}
	format, _ := props["format"].(string)
	if id, ok := props["schemaId"].(string); ok && id != "" && !strings.EqualFold(format, "json") {
		needs = append(needs, schemaNeed(format, id))
	}
	return append(needs, propertyNeeds(props)...)
}

// propertyNeeds returns the connections and files that properties name, at any depth.
func propertyNeeds(props map[string]any) []Need {
	var needs []Need
	for _, key := range sortedKeys(props) {
		switch v := props[key].(type) {
		case string:
			if key == "connectionSelector" {
				needs = append(needs, Need{Connects, connectionID(v), ""})
			} else if v != "" {
				needs = append(needs, Need{Mentions, v, ""})
			}
		case map[string]any:
			needs = append(needs, propertyNeeds(v)...)
		case []any:
			for _, e := range v {
				if text, ok := e.(string); ok && text != "" {
					needs = append(needs, Need{Mentions, text, ""})
				} else if m, ok := e.(map[string]any); ok {
					needs = append(needs, propertyNeeds(m)...)
				}
			}
		}
	}
	return needs
}

// connectionID returns the id of a connection selector. Before version 2 it stood
// behind the connection's type, as in "mqtt.localConnection".
func connectionID(selector string) string {
	if _, id, ok := strings.Cut(selector, "."); ok {
		return id
	}
	return selector
}
