import sts from '../vendor/sts.json';
import vclm from '../vendor/vclm.json';

export interface VendorField {
	type: string;
	required: boolean;
}

export interface VendorApi {
	service: string;
	version: string;
	actions: Record<string, { request: string; response: string }>;
	structures: Record<string, Record<string, VendorField>>;
	integers: { fields: string[] };
	international: { actions: Record<string, string[]> };
}

/** The vendor's typings by service. The service is the name in the credential scope of a signature. */
export const VENDOR: ReadonlyMap<string, VendorApi> = new Map<string, VendorApi>([
	['vclm', vclm],
	['sts', sts],
]);
