/** A response with `Response.Error`. The vendor always sends it with HTTP status 200. */
export class ApiError extends Error {
	constructor(
		readonly code: string,
		message: string,
	) {
		super(message);
	}
}
