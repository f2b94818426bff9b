// mcprotocol reads and writes a PLC by 3E frames, and prints what it got: `node mc-client.cjs PACKAGES PORT binary|ascii`.
const [packages, port, code] = process.argv.slice(2)
const Mc = require(require.resolve('mcprotocol', { paths: [packages] }))

const items = {
  word: 'D0',
  words: 'D10,5',
  real: 'DFLOAT1000',
  double: 'DDINT2000',
  relay: 'M1003',
  relays: 'M16,8',
  file: 'R100',
}
// In ASCII code it writes numbers of points in decimal: nine at most are right in hexadecimal too.
const log = console.log
console.log = () => undefined
const plc = new Mc()
// It takes the answer to a read for that to a write which is begun in the read's own callback.
const later = (work) => setTimeout(work, 50)
plc.initiateConnection(
  { host: '127.0.0.1', port: Number(port), ascii: code === 'ascii', frame: '3E', octalInputOutput: false },
  (refused) => {
    if (refused) throw refused
    plc.setTranslationCB((name) => items[name])
    plc.addItems(Object.keys(items))
    const read = (next) => plc.readAllItems((_, values) => later(() => next({ ...values })))
    read((first) => {
      // The subcommand of a bit it sends with its bytes exchanged, in binary code: only words are written.
      plc.writeItems(['word', 'real'], [-7, 0.15625], () =>
        later(() =>
          read((second) => {
            log(JSON.stringify({ first, second }))
            process.exit(0)
          }),
        ),
      )
    })
  },
)
