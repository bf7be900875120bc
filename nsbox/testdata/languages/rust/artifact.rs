fn main() -> std::io::Result<()> {
    std::fs::write("/workspace/out.txt", "artifact\n")
}
