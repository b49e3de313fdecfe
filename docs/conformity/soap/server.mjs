// A SOAP service of Node's `soap` (npm install soap): node server.mjs, with certificate.pem and key.pem in the folder of work.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import soap from 'soap'

const wsdl = readFileSync(new URL('contract/icaze.wsdl', import.meta.url), 'utf8')

/** What this package answers by a SOAP Fault. Without the check TT-05 fails: a wrong number looks like a permit. */
function fault(text) {
  return { Fault: { faultcode: 'soap:Client', faultstring: text } }
}

const permits = new Map([['AZ-2026-0001', { fin: '5ABCDE1', sahib: 'Şükür Əliyev' }]])
const isCareless = process.env.CARELESS === '1'

function icazeYoxla({ fin, nomre }) {
  const permit = permits.get(nomre)
  if (isCareless) return { etibarlidir: 'bəli', sahib: permit?.sahib ?? '?' }
  if (!/^[0-9A-HJ-NP-Z]{7}$/.test(fin)) throw fault('FİN düzgün deyil')
  if (!permit || permit.fin !== fin) throw fault('Belə icazə yoxdur')
  return { etibarlidir: true, sahib: permit.sahib }
}

const server = createServer({
  key: readFileSync('key.pem'),
  cert: readFileSync('certificate.pem'),
})
const port = Number(process.env.PORT ?? 8444)
server.listen(port, '127.0.0.1', () => {
  soap.listen(server, {
    path: '/icaze',
    services: { IcazeService: { IcazeSoap: { icazeYoxla } } },
    xml: wsdl,
  })
  console.log(`https://localhost:${server.address().port}/icaze`)
})
