/** A transparent GIF of one pixel. */
export const PIXEL = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64')

// Mail services that fetch every picture themselves, read or not.
const PROXIES = /GoogleImageProxy|YahooMailProxy|YahooCacheSystem|ZohoMailImageProxy/i

/** Who fetched it: such an open says little about the member. */
export const isProxy = (userAgent: string | undefined): boolean => PROXIES.test(userAgent ?? '')
