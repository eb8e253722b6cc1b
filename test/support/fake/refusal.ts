/** An answer with `Response.Error`: the vendor's way to say no, always with HTTP status 200. */
export class Refusal extends Error {
	constructor(
		readonly code: string,
		message: string,
	) {
		super(message);
	}
}
