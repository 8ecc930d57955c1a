package media

import "encoding/hex"

// The tables of ITU-T T.81 annex K, which RFC 2435 makes those of every
// picture: quantization in zigzag order, for light and for colours.
var (
	usualLight = unhex("100b0c0e0c0a100e0d0e1211101318281a181616183123251d283a333d3c3933" +
		"383740485c4e404457453738506d51575f626768673e4d71797064785c656763")
	usualColours = unhex("1112121815182f1a1a2f63423842636363636363636363636363636363636363" +
		"6363636363636363636363636363636363636363636363636363636363636363")
)

// usualTables are the tables of a quality from 1 to 99 (RFC 2435 §4.2).
func usualTables(quality uint8) []byte {
	scale := 200 - 2*int(quality)
	if quality < 50 {
		scale = 5000 / int(quality)
	}
	var out []byte
	for _, table := range [][]byte{usualLight, usualColours} {
		for _, v := range table {
			out = append(out, byte(min(max((int(v)*scale+50)/100, 1), 255)))
		}
	}
	return out
}

// usualHuffman are the four Huffman tables, markers included: for light and
// for colours, each for what all of a block has in common and for the rest.
var usualHuffman = huffmanSegments()

func huffmanSegments() []byte {
	var out []byte
	for _, t := range []struct {
		number          byte
		counts, symbols string
	}{
		{0x00, "00010501010101010100000000000000", "000102030405060708090a0b"},
		{0x10, "0002010303020403050504040000017d", symbolsOfLight},
		{0x01, "00030101010101010101010000000000", "000102030405060708090a0b"},
		{0x11, "00020102040403040705040400010277", symbolsOfColours},
	} {
		body := append(unhex(t.counts), unhex(t.symbols)...)
		size := 3 + len(body)
		out = append(out, 0xff, jpegDHT, byte(size>>8), byte(size), t.number)
		out = append(out, body...)
	}
	return out
}

const (
	symbolsOfLight = "01020300041105122131410613516107227114328191a1082342b1c11552d1f02433627282090a161718191a25262728292a" +
		"3435363738393a434445464748494a535455565758595a636465666768696a737475767778797a838485868788898a92939495969798999a" +
		"a2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae1e2e3e4e5e6e7e8e9eaf1f2f3f4f5f6f7f8f9fa"
	symbolsOfColours = "000102031104052131061241510761711322328108144291a1b1c109233352f0156272d10a162434e125f11718191a262728292a" +
		"35363738393a434445464748494a535455565758595a636465666768696a737475767778797a82838485868788898a92939495969798999a" +
		"a2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae2e3e4e5e6e7e8e9eaf2f3f4f5f6f7f8f9fa"
)

// unhex is for constants.
func unhex(s string) []byte {
	b, err := hex.DecodeString(s)
	if err != nil {
		panic(err)
	}
	return b
}
