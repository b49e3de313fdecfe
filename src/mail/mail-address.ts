import { mailAddressCharsMax } from './limits.js'

// A dot-atom and a domain of letters, digits and hyphens (RFC 5321 §4.1.2): what has to be quoted is no address here, so that
// nothing in one can be read as more than an address, by whatever server.
const pattern =
  /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}$/
const localCharsMax = 64

/** Whether mails may be sent there. */
export function isMailAddress(text: string): boolean {
  return (
    text.length <= mailAddressCharsMax && pattern.test(text) && text.indexOf('@') <= localCharsMax
  )
}
