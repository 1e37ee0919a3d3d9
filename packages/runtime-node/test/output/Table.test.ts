import { assert, it } from "@effect/vitest"
import * as Table from "@tributary/runtime-node/output/Table"

const columns: ReadonlyArray<Table.TableColumn> = [
  { name: "name", align: "left" },
  { name: "users", align: "right" },
]

it("aligns text left and numbers right, and rules where it is asked to", () => {
  assert.strictEqual(
    Table.render(columns, [["mobile", "7"], ["データ", "1,200"], undefined, ["all", "1,207"]]),
    ["name    users", "──────  ─────", "mobile      7", "データ  1,200", "──────  ─────", "all     1,207", ""].join(
      "\n",
    ),
  )
})

it("shows the heading of an empty table, and nothing that steers a terminal", () => {
  assert.strictEqual(Table.render(columns, []), "name  users\n────  ─────\n")
  assert.include(Table.render(columns, [["a\nb\u001b[0m", "1"]]), "a\\nb\\x1b[0m")
})

it("cuts a long cell, but not the last one", () => {
  const long = "x".repeat(100)
  const [, , row] = Table.render([columns[0]!, columns[0]!], [[long, long]]).split("\n")
  assert.strictEqual(row, `${"x".repeat(79)}…  ${long}`)
})

it("narrows texts until lines fit, never numbers, nor what is to stay whole", () => {
  const wide = (whole?: true): Table.TableColumn => ({
    name: "w",
    align: "left",
    ...(whole === undefined ? {} : { whole }),
  })
  const text = Table.render(
    [wide(true), wide(), { name: "n", align: "right" }],
    [["x".repeat(30), "y".repeat(60), "9".repeat(20)]],
    80,
  )
  const [, , row] = text.split("\n")
  assert.strictEqual(row, `${"x".repeat(30)}  ${"y".repeat(25)}…  ${"9".repeat(20)}`)
  const narrow = Table.render([wide(), wide()], [["x".repeat(30), "データ".repeat(10)]], 10).split("\n")[2]
  assert.strictEqual(narrow, `${"x".repeat(11)}…  データデー…`)
})
