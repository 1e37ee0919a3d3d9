// Stops with one clear sentence where the rest would fail on an old Node with an obscure one.
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number)

if (major < 22 || (major === 22 && minor < 19)) {
  console.error(
    `Tributary needs Node 22.19 or later, this is ${process.version}. On Linux and Windows \`npm run setup\` installs Node 24 ` +
      "into node_modules and `npm run` finds it there; elsewhere install Node 24 yourself.",
  )
  process.exit(1)
}
