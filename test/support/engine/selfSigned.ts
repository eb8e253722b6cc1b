import { generateKeyPairSync, sign } from 'node:crypto';

const SEQUENCE = 0x30;
const VERSION_3 = Buffer.from('a003020102', 'hex');
const SERIAL_1 = Buffer.from('020101', 'hex');
const ECDSA_WITH_SHA256 = Buffer.from('300a06082a8648ce3d040302', 'hex');

/** An element of DER. */
function der(tag: number, ...parts: Buffer[]): Buffer {
	const content = Buffer.concat(parts);
	const { length } = content;
	const head = length < 128 ? [tag, length] : [tag, 0x82, length >> 8, length & 0xff];
	return Buffer.concat([Buffer.from(head), content]);
}

const time = (text: string) => der(0x18, Buffer.from(text, 'latin1'));

/** A key and a certificate that nobody has signed but its owner, for a TLS server. */
export function selfSigned(): { key: string; cert: string } {
	const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
	const name = der(SEQUENCE);
	const validity = der(SEQUENCE, time('20000101000000Z'), time('20991231235959Z'));
	const spki = publicKey.export({ type: 'spki', format: 'der' });
	const signed = der(SEQUENCE, VERSION_3, SERIAL_1, ECDSA_WITH_SHA256, name, validity, name, spki);
	const signature = der(0x03, Buffer.from([0]), sign('sha256', signed, privateKey));
	const certificate = der(SEQUENCE, signed, ECDSA_WITH_SHA256, signature).toString('base64');
	return {
		key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
		cert: `-----BEGIN CERTIFICATE-----\n${certificate}\n-----END CERTIFICATE-----\n`,
	};
}
