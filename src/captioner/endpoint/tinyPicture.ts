/** A red disc on blue, 64 x 64 pixels. */
const base64 = [
  '/9j/2wBDAAgGBgcGBQgHBwcJCQgKDBQNDAsLDBkSEw8UHRofHh0aHBwgJC4nICIsIxwcKDcpLDAxNDQ0Hyc5PTgyPC4zNDL/2wBDAQkJCQwL',
  'DBgNDRgyIRwhMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjL/wAARCABAAEADASIAAhEBAxEB/8QA',
  'GQABAQEBAQEAAAAAAAAAAAAAAAMEBQYC/8QAHhAAAQUBAAMBAAAAAAAAAAAAAAECAwQRITFBYZH/xAAZAQACAwEAAAAAAAAAAAAAAAAAAgMG',
  'BwX/xAAfEQADAQACAQUAAAAAAAAAAAABAgMABBFhEjFBkaH/2gAMAwEAAhEDEQA/APgAHX3GwAi+3BGuOlbvzorOqDtj1pZRrY+mSlj4HesC',
  'LLcEi42Vu/eFgV1cdqe8VjWJ9NFKnyOsAA2iwAjbesdWRyecz9Fdgilj8aWMjaqyX3Ygfe59266RyxxrjE4qp7MQBUrWerlnO13h8OXEkJSH',
  'QH75OG2lddG5I5F1i8RV9GIBGzycOpxzOHLlyMqjsH88jejBGo9ZKsbl85hYtqMHUMPnZFaRjVpt7qSPrCNtiyVZGp5zfwsAdQ6lT84jUxqt',
  'V91IP1vOA23aTo3LJGmsXqonoxFStF5OVYbXeHzJcuQrI9g/ng4AbaVJ0jkkkTGJ1EX2EYvZwiDHM5kuJI1qegP3wN0KjFjqxtXzmlgC2ooR',
  'Qo+NkVqm1Wo3uxJ+8AA2iwi+pBIuuibvzhYCsiuOmHellasT6psVPg9aLKkEa62Ju/elgAVFQdKOsVtWx9VGLHye8AA2i3//2Q==',
].join('');

/** A JPEG that costs a model next to nothing, to see whether it takes pictures. */
export function tinyPicture(): Uint8Array {
  return Buffer.from(base64, 'base64');
}
