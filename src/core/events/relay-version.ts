/** The header in which the relay says to whoever knows its secret path of which version it is. */
export const VERSION_HEADER = 'x-nodeeni-version';
