import {type Dataset, firstImages} from './dataset';
import {loadDigits} from './digits';
import {loadMnistFolder} from './mnist_folder';

/**
 * The images of a source: 'digits', those that come with the examples, or a folder of MNIST files.
 *
 * @param limit Only so many of both parts, the first ones.
 * @throws InputError that names the folder or file and what is wrong with it.
 */
export async function loadData(source: string, limit?: number): Promise<Dataset> {
  const data = source === 'digits' ? loadDigits() : await loadMnistFolder(source);
  return limit === undefined ? data : firstImages(data, limit);
}
