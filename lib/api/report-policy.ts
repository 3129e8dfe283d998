/** The page of a report brings its script and style with it and loads nothing; a browser may not let it do anything else under this origin. */
export const reportPolicy =
  "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; sandbox allow-scripts allow-popups";
