// Prometheus' own checker of rules, apart from the other programs: it would change what they are built from.
module nodeeni/test/release/tools/promtool

go 1.26.0
