// nodes7 reads and writes a CPU, and prints what it got: `node s7-client.cjs PACKAGES PORT`.
const [packages, port] = process.argv.slice(2)
const NodeS7 = require(require.resolve('nodes7', { paths: [packages] }))

const plc = new NodeS7({ silent: true, debug: false })
const items = {
  word: 'DB1,WORD0',
  int: 'DB1,INT2',
  dint: 'DB1,DINT4',
  real: 'DB1,REAL8',
  bit: 'DB1,X12.3',
  text: 'DB1,S20.10',
  merker: 'MW10',
  far: 'DB3,INT600',
  missing: 'DB9,INT0',
}
plc.initiateConnection({ host: '127.0.0.1', port: Number(port), rack: 0, slot: 1, timeout: 4_000 }, (refused) => {
  if (refused) throw refused
  plc.setTranslationCB((name) => items[name])
  plc.addItems(Object.keys(items))
  plc.readAllItems((_, first) => {
    plc.writeItems(['int', 'real', 'bit'], [-7, 0.15625, false], () => {
      plc.readAllItems((__, second) => {
        console.log(JSON.stringify({ first, second }))
        plc.dropConnection(() => process.exit(0))
      })
    })
  })
})
