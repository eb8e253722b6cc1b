/** Names that only a private network resolves. */
const PRIVATE_NAME = /(^|\.)(localhost|local|internal|intranet|lan|corp|home|home\.arpa)$/;

/** IPv4 networks that the internet does not route: the first address, and the bits that count. */
const PRIVATE_V4: Array<[network: string, bits: number]> = [
	['0.0.0.0', 8],
	['10.0.0.0', 8],
	['100.64.0.0', 10],
	['127.0.0.0', 8],
	['169.254.0.0', 16],
	['172.16.0.0', 12],
	['192.0.0.0', 24],
	['192.168.0.0', 16],
	['198.18.0.0', 15],
	['224.0.0.0', 3],
];

const v4Number = (address: string) =>
	address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);

function isPrivateV4(address: number): boolean {
	return PRIVATE_V4.some(([network, bits]) => {
		const size = 2 ** (32 - bits);
		return Math.floor(address / size) === Math.floor(v4Number(network) / size);
	});
}

/** The eight groups of an IPv6 address as URL writes it: small, hexadecimal, with one `::` at most. */
function v6Groups(address: string): number[] {
	const [head = '', tail] = address.split('::');
	const numbers = (text = '') =>
		text
			.split(':')
			.filter(Boolean)
			.map((group) => parseInt(group, 16));
	const [before, after] = [numbers(head), numbers(tail)];
	const zeros = tail === undefined ? 0 : 8 - before.length - after.length;
	return [...before, ...Array<number>(zeros).fill(0), ...after];
}

function isPrivateV6(address: string): boolean {
	const groups = v6Groups(address);
	const [a = 0, b = 0, c = 0] = groups;
	const v4At = (index: number) => (groups[index] ?? 0) * 65_536 + (groups[index + 1] ?? 0);
	const startsWithZeros = (count: number) => groups.slice(0, count).every((group) => group === 0);
	// ::, ::1 and IPv4 addresses in each of their IPv6 spellings.
	if (startsWithZeros(6)) return isPrivateV4(v4At(6));
	const isMapped = startsWithZeros(5) && groups[5] === 0xffff;
	const isTranslated = startsWithZeros(4) && groups[4] === 0xffff && groups[5] === 0;
	const isNat64 = a === 0x64 && b === 0xff9b;
	if (isMapped || isTranslated) return isPrivateV4(v4At(6));
	if (isNat64) return c !== 0 || isPrivateV4(v4At(6));
	if (a === 0x2002) return isPrivateV4(v4At(1));
	// Only 2000::/3 is routed on the internet; 2001::/32 hides an IPv4 address.
	return a < 0x2000 || a > 0x3fff || (a === 0x2001 && b === 0);
}

/**
 * Why a URL is not one of the public internet, in words that follow "The address". Undefined if it may
 * be one. Judges the scheme and the host as it is written, in any spelling. A name may still resolve
 * to a private address: the code that connects judges that as well.
 */
export function publicUrlProblem(url: string): string | undefined {
	if (!/^https?:\/\/[^/?#\\]/i.test(url) || !URL.canParse(url)) {
		return 'does not begin with http:// or https://';
	}
	// URL writes every spelling of an IPv4 address with four decimal numbers.
	const host = new URL(url).hostname.split('.').filter(Boolean).join('.');
	if (host.startsWith('[')) {
		return isPrivateV6(host.slice(1, -1)) ? 'is of a private network' : undefined;
	}
	if (/^\d+\.\d+\.\d+\.\d+$/.test(host)) {
		return isPrivateV4(v4Number(host)) ? 'is of a private network' : undefined;
	}
	const isPrivate = !host.includes('.') || PRIVATE_NAME.test(host);
	return isPrivate ? 'is a name of a private network' : undefined;
}
